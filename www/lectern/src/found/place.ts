/** The page that an address names, without the ends that hosts add to one or take away. */
export function pageOf(url: string): string {
  const { origin, pathname } = new URL(url, location.href);
  return origin + pathname.replace(/(\/index)?(\.html)?\/?$/, '');
}

/** The page that an address names, and the anchor on it. */
export function placeOf(url: string): string {
  return pageOf(url) + new URL(url, location.href).hash;
}
