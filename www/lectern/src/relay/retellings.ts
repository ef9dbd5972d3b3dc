import { Store } from '../state/store.js';
import { codeOf, failureOf, type Failure } from './errors.js';
import { perRelay } from './perRelay.js';
import { profileFormOf } from './profileForm.js';
import type { Relay } from './relay.js';
import { sourceOf, type Source, type StreamPart } from './stream.js';

/** A page, retold for the reader, as far as it has come. */
export interface Retelling {
  /** `sign-in` and `profile` wait for the reader, and go on by themselves. */
  readonly status: 'running' | 'sign-in' | 'profile' | 'done' | 'stopped' | 'failed';
  readonly text: string;
  readonly sources: Source[];
  /** True where nobody retells: the page's own sentences come instead. */
  readonly quoted: boolean;
  readonly failure?: Failure;
}

const BEGINNING: Retelling = { status: 'running', text: '', sources: [], quoted: false };

/** Most retellings that are kept; the oldest goes. */
const MOST = 8;

/**
 * Pages retold for the reader, by their addresses below the site's base URL. One that has begun goes on while another
 * page is read, and is found again with its page as long as the site is open.
 */
export class Retellings {
  readonly state = new Store<ReadonlyMap<string, Retelling>>(new Map());
  private readonly running = new Map<string, AbortController>();
  private owner?: string;

  constructor(private readonly relay: Relay) {
    relay.session.subscribe(() => this.follow());
    this.follow();
  }

  /** Retells a page, unless that was done or is being done. */
  begin(page: string, language: string): void {
    const status = this.state.getSnapshot().get(page)?.status;
    if (status === undefined || status === 'failed') void this.start(page, language);
  }

  /** Retells a page, anew where that was done; in the language of the profile or else in `language`. */
  async start(page: string, language: string): Promise<void> {
    this.running.get(page)?.abort();
    const controller = new AbortController();
    const { signal } = controller;
    this.running.set(page, controller);
    this.show(page, BEGINNING);
    try {
      await this.retell(page, language, signal);
    } catch (error) {
      const isEarlier = this.running.get(page) !== controller;
      if (!isEarlier && !signal.aborted) {
        this.change(page, { status: 'failed', failure: failureOf(error) });
      }
    } finally {
      if (this.running.get(page) === controller) this.running.delete(page);
    }
  }

  /** Ends it; what has come stays. */
  stop(page: string): void {
    this.running.get(page)?.abort();
    this.running.delete(page);
    if (this.state.getSnapshot().get(page)?.text) this.change(page, { status: 'stopped' });
    else this.forget(page);
  }

  private async retell(page: string, language: string, signal: AbortSignal): Promise<void> {
    for (;;) {
      await this.signedIn(page, signal);
      const own = await this.languageOfProfile();
      try {
        const body = { page, language: own || language };
        const parts = this.relay.stream('/api/personalize', body, signal);
        for await (const part of parts) this.take(page, part);
        if (this.isRunning(page)) this.change(page, { status: 'done' });
        return;
      } catch (error) {
        if (codeOf(error) === 'no_profile') await this.profileSaved(page, signal);
        else if (codeOf(error) !== 'not_signed_in') throw error;
      }
    }
  }

  private async signedIn(page: string, signal: AbortSignal): Promise<void> {
    const { status } = this.relay.session.getSnapshot();
    const known = status === 'unknown' ? (await this.relay.readSession()).status : status;
    if (known === 'signed-in') return;
    this.change(page, { status: 'sign-in' });
    await this.relay.whenSignedIn(signal);
    this.change(page, { status: 'running' });
  }

  private async profileSaved(page: string, signal: AbortSignal): Promise<void> {
    this.change(page, { status: 'profile' });
    await profileFormOf(this.relay).whenSaved(signal);
    this.change(page, { status: 'running' });
  }

  private async languageOfProfile(): Promise<string> {
    const form = profileFormOf(this.relay);
    await form.load();
    return form.state.getSnapshot().fields.language;
  }

  private take(page: string, part: StreamPart): void {
    const { text, sources } = this.state.getSnapshot().get(page) ?? BEGINNING;
    if (part.type === 'source-url') this.change(page, { sources: [...sources, sourceOf(part)] });
    else if (part.type === 'text-start' && text) this.change(page, { text: `${text}\n\n` });
    else if (part.type === 'text-delta') this.change(page, { text: text + part.delta });
    else if (part.type === 'error') this.change(page, { status: 'failed', failure: BROKEN_OFF });
    else if ('messageMetadata' in part && part.messageMetadata?.answerer) {
      this.change(page, { quoted: part.messageMetadata.answerer === 'extractive' });
    }
  }

  private isRunning(page: string): boolean {
    return this.state.getSnapshot().get(page)?.status === 'running';
  }

  /** What was told to one reader is not shown to another. */
  private follow(): void {
    const { status, user } = this.relay.session.getSnapshot();
    const owner = status === 'signed-out' ? undefined : (user?.id ?? this.owner);
    if (owner === this.owner) return;
    const before = this.owner;
    this.owner = owner;
    if (before === undefined) return;
    for (const controller of this.running.values()) controller.abort();
    this.running.clear();
    this.state.set(new Map());
  }

  private change(page: string, change: Partial<Retelling>): void {
    const current = this.state.getSnapshot().get(page);
    if (current) this.show(page, { ...current, ...change });
  }

  private show(page: string, retelling: Retelling): void {
    const all = new Map(this.state.getSnapshot()).set(page, retelling);
    const oldest = all.size > MOST ? [...all.keys()].find((key) => key !== page) : undefined;
    if (oldest !== undefined) {
      this.running.get(oldest)?.abort();
      all.delete(oldest);
    }
    this.state.set(all);
  }

  private forget(page: string): void {
    const all = new Map(this.state.getSnapshot());
    all.delete(page);
    this.state.set(all);
  }
}

const BROKEN_OFF: Failure = { code: 'cut' };

/** The retellings of a relay. */
export const retellingsOf = perRelay((relay) => new Retellings(relay));
