import useDocusaurusContext from '@docusaurus/useDocusaurusContext';

/** Amounts and dates as the page's language writes them. */
export interface Writing {
  /** Bytes in megabytes. */
  size(bytes: number): string;
  /** A date with its time, of milliseconds since 1970. */
  date(time: number): string;
}

/** Writes amounts and dates in the page's language. */
export function useWriting(): Writing {
  const { i18n } = useDocusaurusContext();
  const lang = i18n.localeConfigs[i18n.currentLocale]?.htmlLang ?? i18n.currentLocale;
  const isReversed = i18n.localeConfigs[i18n.currentLocale]?.direction === 'rtl';
  const megabytes = new Intl.NumberFormat(lang, {
    style: 'unit',
    unit: 'megabyte',
    minimumFractionDigits: 1,
    maximumFractionDigits: 1,
  });
  const dates = new Intl.DateTimeFormat(lang, { dateStyle: 'medium', timeStyle: 'short' });
  return {
    size: (bytes) => (isReversed ? isolated : String)(megabytes.format(bytes / 1e6)),
    date: (time) => dates.format(time),
  };
}

/** A text in a direction of its own: a number with a Latin unit runs from left to right in any text. */
function isolated(text: string): string {
  return `\u2068${text}\u2069`;
}
