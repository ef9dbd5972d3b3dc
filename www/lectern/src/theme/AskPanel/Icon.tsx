import type { ReactNode } from 'react';
import styles from './panel.module.css';

/** The panel's signs, drawn in a square of 24. */
const PATHS = {
  account: 'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8Zm-8 8c0-3.3 3.6-6 8-6s8 2.7 8 6',
  back: 'M15 5l-7 7 7 7',
  close: 'M6 6l12 12M18 6L6 18',
  copy: 'M9 9h11v11H9zM5 15H4V4h11v1',
  delete: 'M4 7h16M9 7V4h6v3M6 7l1 13h10l1-13M10 11v5M14 11v5',
  done: 'M5 13l4 4L19 7',
  down: 'M7 4H4v9h3zM7 13l4 8c1.5 0 2.5-1 2.5-2.5V15h5c1.2 0 2-1.1 1.8-2.3l-1.3-7A2 2 0 0 0 17 4H7',
  list: 'M4 6h16M4 12h16M4 18h10',
  new: 'M12 5v14M5 12h14',
  offline: 'M12 4v11m0 0l-4-4m4 4l4-4M5 20h14',
  retry: 'M20 12a8 8 0 1 1-2.6-5.9M20 3v5h-5',
  send: 'M12 19V5m0 0l-6 6m6-6l6 6',
  stop: 'M7 7h10v10H7z',
  up: 'M7 20H4v-9h3zM7 11l4-8c1.5 0 2.5 1 2.5 2.5V9h5c1.2 0 2 1.1 1.8 2.3l-1.3 7A2 2 0 0 1 17 20H7',
} as const;

/** The name of a sign. */
export type IconName = keyof typeof PATHS;

/** A sign beside or in place of a text, which has the name. */
export default function Icon({ name }: { name: IconName }): ReactNode {
  return (
    <svg
      className={name === 'back' ? `${styles.icon} ${styles.pointing}` : styles.icon}
      viewBox="0 0 24 24"
      aria-hidden="true"
    >
      <path d={PATHS[name]} fill={name === 'stop' ? 'currentcolor' : undefined} />
    </svg>
  );
}
