/** A part of the book, as the landing page shows it. */
export interface Part {
  label: string;
  title: string;
  text: string;
  /** Its first chapter. */
  to: string;
}

/** The parts of the book, in reading order. */
export const PARTS: Part[] = [
  {
    label: 'Foundations',
    title: 'Bodies, motion and balance',
    text: 'Kinematics, dynamics, control, walking without falling, and what sensors really tell.',
    to: '/docs/foundations/physical-ai',
  },
  {
    label: 'Module 1',
    title: 'ROS 2',
    text: 'Nodes, topics, services and actions; packages, launch files, and describing a robot.',
    to: '/docs/ros2/nodes-and-graph',
  },
  {
    label: 'Module 2',
    title: 'Simulation',
    text: 'How physics engines work and where they lie; Gazebo, simulated sensors and Unity.',
    to: '/docs/simulation/physics-engines',
  },
  {
    label: 'Module 3',
    title: 'Perception and navigation with Isaac',
    text: 'Synthetic data, visual SLAM, footsteps instead of wheels, and from simulation to the real robot.',
    to: '/docs/isaac/isaac-sim',
  },
  {
    label: 'Module 4',
    title: 'Vision-language-action',
    text: 'From a spoken request to a plan, and from a plan to a grasp that holds.',
    to: '/docs/vla/vla-models',
  },
];
