import { themes, type PrismTheme } from 'prism-react-renderer';

/** Colours of code by day: GitHub's, those too pale to read made darker. */
export const light: PrismTheme = recoloured(themes.github, {
  '#999988': '#6a6a5c',
  '#e3116c': '#c00f5b',
  '#36acaa': '#1a7573',
  '#00a4db': '#0071a0',
  '#d73a49': '#b92a38',
});

/** Colours of code by night: One Dark's, with comments that can be read. */
export const dark: PrismTheme = recoloured(themes.oneDark, {
  'hsl(220, 10%, 40%)': '#9aa3b2',
});

function recoloured(theme: PrismTheme, colours: Record<string, string>): PrismTheme {
  const styles = theme.styles.map(({ types, languages, style }) => ({
    types,
    languages,
    style: { ...style, color: style.color && (colours[style.color] ?? style.color) },
  }));
  return { ...theme, styles };
}
