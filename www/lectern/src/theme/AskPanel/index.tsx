import type { ReactNode } from 'react';

/** The panel that answers questions. */
export default function AskPanel(): ReactNode {
  return null;
}
