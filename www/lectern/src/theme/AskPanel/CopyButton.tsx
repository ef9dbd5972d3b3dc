import type { ReactNode } from 'react';
import { translate } from '@docusaurus/Translate';
import IconButton from '@theme/AskPanel/IconButton';
import { useCopy } from '@theme/AskPanel/useCopy';

/** What is copied, and what that is called. */
export interface Props {
  label: string;
  text(): string;
}

/** A button that copies a text, and says that it has. */
export default function CopyButton({ label, text }: Props): ReactNode {
  const { state, copy } = useCopy();
  const labels = { idle: label, copied: copied(), failed: failed() };
  return (
    <IconButton
      icon={state === 'copied' ? 'done' : 'copy'}
      label={labels[state]}
      onClick={() => copy(text())}
    />
  );
}

function copied(): string {
  return translate({ id: 'theme.AskPanel.copied', message: 'Copied' });
}

function failed(): string {
  return translate({
    id: 'theme.AskPanel.notCopied',
    message: 'The browser does not allow copying',
  });
}
