import { translate } from '@docusaurus/Translate';

/** A part of the book, as the landing page shows it. */
export interface Part {
  label: string;
  title: string;
  text: string;
  /** Its first chapter. */
  to: string;
}

/** The parts of the book, in reading order. */
export function parts(): Part[] {
  return [
    {
      label: translate({ id: 'part.foundations', message: 'Foundations' }),
      title: translate({ id: 'part.foundations.title', message: 'Bodies, motion and balance' }),
      text: translate({
        id: 'part.foundations.text',
        message:
          'Kinematics, dynamics, control, walking without falling, and what sensors really tell.',
      }),
      to: '/docs/foundations/physical-ai',
    },
    {
      label: translate({ id: 'part.ros2', message: 'Module 1' }),
      title: translate({ id: 'part.ros2.title', message: 'ROS 2' }),
      text: translate({
        id: 'part.ros2.text',
        message:
          'Nodes, topics, services and actions; packages, launch files, and describing a robot.',
      }),
      to: '/docs/ros2/nodes-and-graph',
    },
    {
      label: translate({ id: 'part.simulation', message: 'Module 2' }),
      title: translate({ id: 'part.simulation.title', message: 'Simulation' }),
      text: translate({
        id: 'part.simulation.text',
        message:
          'How physics engines work and where they lie; Gazebo, simulated sensors and Unity.',
      }),
      to: '/docs/simulation/physics-engines',
    },
    {
      label: translate({ id: 'part.isaac', message: 'Module 3' }),
      title: translate({
        id: 'part.isaac.title',
        message: 'Perception and navigation with Isaac',
      }),
      text: translate({
        id: 'part.isaac.text',
        message:
          'Synthetic data, visual SLAM, footsteps instead of wheels, and from simulation to the real robot.',
      }),
      to: '/docs/isaac/isaac-sim',
    },
    {
      label: translate({ id: 'part.vla', message: 'Module 4' }),
      title: translate({ id: 'part.vla.title', message: 'Vision-language-action' }),
      text: translate({
        id: 'part.vla.text',
        message: 'From a spoken request to a plan, and from a plan to a grasp that holds.',
      }),
      to: '/docs/vla/vla-models',
    },
  ];
}
