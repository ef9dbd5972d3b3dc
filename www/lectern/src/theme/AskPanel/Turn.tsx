import type { ReactNode } from 'react';
import { translate } from '@docusaurus/Translate';
import { isUnderWay, type Scope, type Turn as TurnOf } from 'lectern/conversation';
import Actions from '@theme/AskPanel/Actions';
import AnswerText from '@theme/AskPanel/AnswerText';
import Notice from '@theme/AskPanel/Notice';
import Quotations from '@theme/AskPanel/Quotations';
import ScopeNote from '@theme/AskPanel/ScopeNote';
import Sources from '@theme/AskPanel/Sources';
import styles from './panel.module.css';

/** A question with its answer, as far as that has come. */
export default function Turn({ turn }: { turn: TurnOf }): ReactNode {
  const { question, scope, state, text, sources, book, quoted } = turn;
  return (
    <article className={styles.turn} data-lectern-turn={state}>
      <h3 className={styles.question} dir="auto">
        {question}
      </h3>
      {scope.kind !== 'book' && <ScopeNote scope={scope} turn={turn} />}
      {text !== '' && (
        <AnswerText text={text} sources={sources} book={book} streaming={state === 'writing'} />
      )}
      {state === 'waiting' && <Waiting scope={scope} count={sources.length} />}
      <Notice turn={turn} />
      {quoted && <Quotations quoted={quoted} />}
      {sources.length > 0 && (
        <Sources text={text} sources={sources} book={book} open={state === 'waiting'} />
      )}
      {!isUnderWay(turn) && (text !== '' || quoted) && <Actions turn={turn} />}
    </article>
  );
}

function Waiting({ scope, count }: { scope: Scope; count: number }): ReactNode {
  return (
    <p className={styles.waiting}>
      <span className={styles.dots} aria-hidden="true" />
      {count > 0 ? reading(count) : scope.kind === 'book' ? searching() : looking()}
    </p>
  );
}

function searching(): string {
  return translate({ id: 'theme.AskPanel.searching', message: 'Searching the book…' });
}

function looking(): string {
  return translate({ id: 'theme.AskPanel.looking', message: 'Reading what you asked about…' });
}

function reading(count: number): string {
  return translate(
    { id: 'theme.AskPanel.reading', message: 'Reading {count} passages…' },
    { count },
  );
}
