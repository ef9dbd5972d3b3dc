import routes from '@generated/routes';

/** The pages of the site, by their paths below its base URL, as its router has them. */
export function pagesBelow(baseUrl: string): string[] {
  return leaves(routes)
    .filter((path) => path.startsWith(baseUrl))
    .map((path) => path.slice(baseUrl.length).replace(/\/$/, ''));
}

interface Route {
  path?: unknown;
  routes?: Route[];
}

function leaves(some: Route[]): string[] {
  return some.flatMap(({ path, routes: inner }) => {
    if (inner) return leaves(inner);
    return typeof path === 'string' && path !== '*' ? [path] : [];
  });
}
