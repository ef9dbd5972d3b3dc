import { Store } from '../state/store.js';
import { failureOf, type Failure } from './errors.js';
import { perRelay } from './perRelay.js';
import type { Relay } from './relay.js';
import type { Level, Profile } from './resources.js';

/** How well a reader knows a subject, as a row of the form. */
export interface SubjectLevel {
  readonly subject: string;
  readonly level: Level;
}

/** What can be changed of a profile. */
export interface ProfileFields {
  readonly background: string;
  readonly goals: string;
  readonly language: string;
  readonly levels: readonly SubjectLevel[];
}

/** The form in which readers say who they are. */
export interface ProfileFormState {
  readonly status: 'unread' | 'reading' | 'unreadable' | 'ready';
  readonly fields: ProfileFields;
  /** `unsaved` is what was changed since. */
  readonly saving: 'untouched' | 'unsaved' | 'saving' | 'saved';
  readonly failure?: Failure;
}

const EMPTY: ProfileFormState = {
  status: 'unread',
  fields: { background: '', goals: '', language: '', levels: [] },
  saving: 'untouched',
};

/** The form in which readers say who they are. What was typed stays when it is no longer shown. */
export class ProfileForm {
  readonly state = new Store<ProfileFormState>(EMPTY);
  private owner?: string;

  constructor(private readonly relay: Relay) {
    relay.session.subscribe(() => this.follow());
    this.follow();
  }

  /** Reads the profile, unless that was done. What goes wrong is in the state afterwards. */
  async load(): Promise<void> {
    const { status } = this.state.getSnapshot();
    if (status === 'ready' || status === 'reading') return;
    const { owner } = this;
    this.become({ status: 'reading', failure: undefined });
    try {
      const profile = await this.relay.profile();
      if (owner === this.owner) this.become({ status: 'ready', fields: fieldsOf(profile) });
    } catch (error) {
      if (owner === this.owner) this.become({ status: 'unreadable', failure: failureOf(error) });
    }
  }

  /** Changes what stands in the form. */
  edit(change: Partial<ProfileFields>): void {
    const fields = { ...this.state.getSnapshot().fields, ...change };
    this.become({ fields, saving: 'unsaved', failure: undefined });
  }

  /** Saves what stands in the form. What goes wrong is in the state afterwards. */
  async save(): Promise<void> {
    const { fields, saving } = this.state.getSnapshot();
    if (saving === 'saving') return;
    const { owner } = this;
    this.become({ saving: 'saving', failure: undefined });
    try {
      const kept = fieldsOf(await this.relay.setProfile(profileOf(fields)));
      if (owner !== this.owner) return;
      // What was typed meanwhile is neither lost nor saved.
      const changed = this.state.getSnapshot().fields !== fields;
      this.become(changed ? { saving: 'unsaved' } : { saving: 'saved', fields: kept });
      for (const listener of [...this.savings]) listener();
    } catch (error) {
      if (owner === this.owner) this.become({ saving: 'unsaved', failure: failureOf(error) });
    }
  }

  /** Waits until a profile was saved. */
  whenSaved(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const done = () => {
        this.savings.delete(done);
        resolve();
      };
      this.savings.add(done);
      signal.addEventListener('abort', () => {
        this.savings.delete(done);
        reject(signal.reason);
      });
    });
  }

  private readonly savings = new Set<() => void>();

  /** Another reader's profile is another one; the same reader finds theirs as it was left. */
  private follow(): void {
    const { status, user } = this.relay.session.getSnapshot();
    const owner = status === 'signed-out' ? undefined : (user?.id ?? this.owner);
    if (owner === this.owner) return;
    this.owner = owner;
    this.state.set(EMPTY);
  }

  private become(change: Partial<ProfileFormState>): void {
    this.state.set({ ...this.state.getSnapshot(), ...change });
  }
}

/** The form for a relay. */
export const profileFormOf = perRelay((relay) => new ProfileForm(relay));

function fieldsOf({ background, goals, language, levels }: Profile): ProfileFields {
  const rows = Object.entries(levels).map(([subject, level]) => ({ subject, level }));
  return { background, goals, language, levels: rows };
}

function profileOf({ levels, ...texts }: ProfileFields): Profile {
  const named = levels.map(({ subject, level }) => [subject.trim(), level] as const);
  return { ...texts, levels: Object.fromEntries(named.filter(([subject]) => subject)) };
}
