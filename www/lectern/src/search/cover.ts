/**
 * The fewest places that hold the pages wanted and none of the others, as the engine takes them: a folder holds
 * the page of its name and all below it, `docs/intro#` is one page alone. Paths are below the base URL.
 */
export function cover(wanted: readonly string[], others: readonly string[]): string[] {
  return coverBelow('', wanted.map(segments), others.map(segments));
}

function coverBelow(folder: string, wanted: string[][], others: string[][]): string[] {
  if (wanted.length === 0) return [];
  if (others.length === 0) return [folder];
  const names = new Set(wanted.map(([name]) => name));
  return [...names].flatMap((name) => {
    if (name === undefined) return [`${folder}#`];
    const below = (paths: string[][]) =>
      paths.filter(([first]) => first === name).map((path) => path.slice(1));
    return coverBelow(folder === '' ? name : `${folder}/${name}`, below(wanted), below(others));
  });
}

function segments(path: string): string[] {
  return path.split('/').filter((name) => name !== '');
}
