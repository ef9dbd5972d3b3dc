import type { ReactNode } from 'react';
import Icon, { type IconName } from '@theme/AskPanel/Icon';
import styles from './panel.module.css';

/** A button that is a sign, with its name for who cannot see or read it. */
export interface Props {
  icon: IconName;
  label: string;
  onClick(): void;
  /** Whether it is on, where it can be. */
  pressed?: boolean;
  disabled?: boolean;
}

/** A button that is a sign. */
export default function IconButton({ icon, label, onClick, pressed, disabled }: Props): ReactNode {
  return (
    <button
      type="button"
      className={styles.iconButton}
      title={label}
      aria-label={label}
      aria-pressed={pressed}
      disabled={disabled}
      onClick={onClick}
    >
      <Icon name={icon} />
    </button>
  );
}
