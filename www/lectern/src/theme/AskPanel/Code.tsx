import type { ReactNode } from 'react';
import { translate } from '@docusaurus/Translate';
import CopyButton from '@theme/AskPanel/CopyButton';
import styles from './answer.module.css';

/** Code of an answer, with its language where that was told. */
export interface Props {
  text: string;
  language?: string;
}

/** Code as it is, to be scrolled and copied. */
export default function Code({ text, language }: Props): ReactNode {
  return (
    <div className={styles.code} dir="ltr">
      <div className={styles.codeHead}>
        <span>{language?.split(/\s/)[0]}</span>
        <CopyButton label={copy()} text={() => text} />
      </div>
      <pre className={styles.pre} tabIndex={0}>
        <code>{text}</code>
      </pre>
    </div>
  );
}

function copy(): string {
  return translate({ id: 'theme.AskPanel.copyCode', message: 'Copy code' });
}
