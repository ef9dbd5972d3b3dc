import { translate } from '@docusaurus/Translate';
import useDocusaurusContext from '@docusaurus/useDocusaurusContext';
import type { Failure } from 'lectern/relay';

/** Says what went wrong between page and relay, and what a reader can do about it, in their language. */
export function useExplanation(): (failure: Failure) => string {
  const { i18n } = useDocusaurusContext();
  return ({ code, retryAfter }) => {
    const wait = retryAfter === undefined ? undefined : duration(retryAfter, i18n.currentLocale);
    return (wait && LATER[code]?.(wait)) || (TEXTS[code] ?? unexpected)();
  };
}

/** Seconds as people say them. */
function duration(seconds: number, locale: string): string {
  const [value, unit] =
    seconds < 90
      ? [seconds, 'second']
      : seconds < 5400
        ? [Math.ceil(seconds / 60), 'minute']
        : [Math.ceil(seconds / 3600), 'hour'];
  const style = { style: 'unit', unit, unitDisplay: 'long' } as const;
  return new Intl.NumberFormat(locale, style).format(value);
}

const LATER: Record<string, (time: string) => string> = {
  too_many_requests: (time) =>
    translate(
      { id: 'theme.Account.tooManyFor', message: 'Too many attempts. Try again in {time}.' },
      { time },
    ),
  budget_used_up: (time) =>
    translate(
      {
        id: 'theme.Account.usedUpFor',
        message: 'The server has answered as much as it may for now. Try again in {time}.',
      },
      { time },
    ),
};

const busy = () =>
  translate({
    id: 'theme.Account.busy',
    message: 'The server cannot answer at the moment. Try again in a little while.',
  });

const noChapter = () =>
  translate({
    id: 'theme.Account.noChapter',
    message: 'The server does not have this page. Try another chapter.',
  });

const notForThisSite = () =>
  translate({
    id: 'theme.Account.notForThisSite',
    message: 'The server does not work with this site. Tell the owner of the site.',
  });

const unexpected = () =>
  translate({
    id: 'theme.Account.unexpected',
    message: 'That did not work. Try again; if it stays so, tell the owner of the site.',
  });

const invalidEmail = () =>
  translate({
    id: 'theme.Account.invalidEmail',
    message: 'Enter an e-mail address, such as name@example.org.',
  });

const TEXTS: Record<string, () => string> = {
  network: () =>
    translate({
      id: 'theme.Account.network',
      message: 'The server cannot be reached. Check your connection and try again.',
    }),
  timeout: busy,
  unavailable: busy,
  busy,
  stopping: busy,
  too_slow: busy,
  cut: () => translate({ id: 'theme.Account.cut', message: 'The text broke off here. Try again.' }),
  too_many_requests: () =>
    translate({
      id: 'theme.Account.tooMany',
      message: 'Too many attempts. Try again in a while.',
    }),
  budget_used_up: () =>
    translate({
      id: 'theme.Account.usedUp',
      message: 'The server has answered as much as it may for now. Try again later.',
    }),
  not_signed_in: () =>
    translate({ id: 'theme.Account.ended', message: 'Your session has ended. Sign in again.' }),
  invalid_email_or_password: () =>
    translate({
      id: 'theme.Account.wrong',
      message: 'E-mail and password do not fit. Check both and try again.',
    }),
  user_already_exists_use_another_email: () =>
    translate({
      id: 'theme.Account.taken',
      message: 'There is an account with this e-mail already. Sign in, or use another one.',
    }),
  invalid_email: invalidEmail,
  validation_error: invalidEmail,
  name_missing: () =>
    translate({ id: 'theme.Account.nameMissing', message: 'Enter a name to be called by.' }),
  password_missing: () =>
    translate({ id: 'theme.Account.passwordMissing', message: 'Enter your password.' }),
  password_too_short: () =>
    translate({
      id: 'theme.Account.tooShort',
      message: 'The password is too short. Use 8 characters or more.',
    }),
  password_too_long: () =>
    translate({
      id: 'theme.Account.tooLong',
      message: 'The password is too long. Use 128 characters at most.',
    }),
  email_password_sign_up_disabled: () =>
    translate({
      id: 'theme.Account.closed',
      message: 'New accounts are not open here. Ask the owner of the site for one.',
    }),
  wrong_password: () =>
    translate({
      id: 'theme.Account.wrongPassword',
      message: 'The password is wrong. Type it again.',
    }),
  session_not_fresh: () =>
    translate({
      id: 'theme.Account.notFresh',
      message: 'You signed in a while ago. Enter your password to confirm that it is you.',
    }),
  profile_too_long: () =>
    translate({
      id: 'theme.Account.profileTooLong',
      message: 'Something in the profile is too long. Shorten it and save again.',
    }),
  not_found: noChapter,
  page_missing: noChapter,
  not_a_relay: notForThisSite,
  invalid_origin: notForThisSite,
};
