/**
 * What went wrong between a page and its relay. `code` is the relay's own, in lower case, or one of the client's:
 * `network`, `timeout`, `cut`, `unavailable`, `not_a_relay`.
 */
export class RelayError extends Error {
  override readonly name = 'RelayError';

  constructor(
    readonly code: string,
    message: string,
    /** Status of the answer; 0 where there was none. */
    readonly status = 0,
    /** Seconds after which asking again makes sense. */
    readonly retryAfter?: number,
  ) {
    super(message);
  }
}

/** The code of any thrown value; what has none is `unexpected`. */
export function codeOf(error: unknown): string {
  return error instanceof RelayError ? error.code : 'unexpected';
}

/** What readers are told of an error: by its code, in words of the page's own. */
export interface Failure {
  readonly code: string;
  /** Seconds after which trying again makes sense. */
  readonly retryAfter?: number;
}

/** Any thrown value as a failure. */
export function failureOf(error: unknown): Failure {
  const retryAfter = error instanceof RelayError ? error.retryAfter : undefined;
  return { code: codeOf(error), ...(retryAfter !== undefined && { retryAfter }) };
}

/** An answer that is no success as an error. */
export async function refusal(response: Response): Promise<RelayError> {
  const body = fields(await response.json().catch(() => undefined));
  const { code, message } = 'error' in body ? fields(body.error) : body;
  const name = typeof code === 'string' ? own(code) : withoutCode(response.status);
  const text = typeof message === 'string' ? message : `the relay answered ${response.status}`;
  return new RelayError(name, text, response.status, seconds(response.headers.get('retry-after')));
}

/** Accounts have the codes of Better Auth, in upper case. */
function own(code: string): string {
  const lower = code.toLowerCase();
  return lower === 'unauthorized' ? 'not_signed_in' : lower;
}

/** What answers without a code is something between page and relay, or no relay at all. */
function withoutCode(status: number): string {
  if (status === 429) return 'too_many_requests';
  return status >= 500 ? 'unavailable' : 'not_a_relay';
}

/** `Retry-After` is a number of seconds, or a date (RFC 9110, section 10.2.3). */
function seconds(header: string | null): number | undefined {
  if (header === null) return undefined;
  const value = Number(header);
  const left = Number.isFinite(value) ? value : (Date.parse(header) - Date.now()) / 1000;
  return Number.isFinite(left) ? Math.max(0, Math.ceil(left)) : undefined;
}

function fields(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
