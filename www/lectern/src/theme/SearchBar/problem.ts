import { translate } from '@docusaurus/Translate';
import type { LecternError } from 'lectern';

/** What a reader is told about an error: what it means, and what to do. */
export function problem({ code }: LecternError): string {
  switch (code) {
    case 'no-wasm':
      return noWasm();
    case 'network':
      return network();
    case 'relay':
      return relay();
    case 'shelf-missing':
      return missing();
    case 'shelf-truncated':
    case 'shelf-checksum':
    case 'shelf-corrupt':
    case 'model':
      return damaged();
    case 'shelf-version':
    case 'shelf-mixed':
    case 'shelf-changed':
      return changed();
    case 'query-long':
      return tooLong();
    default:
      return stopped();
  }
}

function noWasm(): string {
  return translate({
    id: 'theme.SearchBar.noWasm',
    message:
      'The browser does not run the search engine: WebAssembly is missing or blocked. Update the browser, or allow WebAssembly for this site.',
  });
}

function network(): string {
  return translate({
    id: 'theme.SearchBar.network',
    message: 'Part of the search could not be loaded. Check the connection and try again.',
  });
}

function relay(): string {
  return translate({
    id: 'theme.SearchBar.relay',
    message: 'The server that reads queries by meaning cannot be used. Try again later.',
  });
}

function missing(): string {
  return translate({
    id: 'theme.SearchBar.missing',
    message:
      'Part of the search index is not there. Load the page again; the site may have changed.',
  });
}

function damaged(): string {
  return translate({
    id: 'theme.SearchBar.damaged',
    message:
      'Part of the search index arrived damaged. Load it again; if that does not help, the site has to rebuild its index.',
  });
}

function changed(): string {
  return translate({
    id: 'theme.SearchBar.changed',
    message:
      'Search and index are not of the same version. Reload the page; if that does not help, the site has to rebuild its index.',
  });
}

function tooLong(): string {
  return translate({
    id: 'theme.SearchBar.tooLong',
    message: 'The query has more than 10,000 characters. Shorten it.',
  });
}

function stopped(): string {
  return translate({
    id: 'theme.SearchBar.stopped',
    message: 'The search has stopped. Try again, or reload the page.',
  });
}
