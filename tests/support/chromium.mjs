// Debian's Chromium under playwright-core, kept from talking to anything but the test's own server.
import { chromium } from 'playwright-core';

const ARGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];

/** Starts a browser, with further arguments of its command line and options of Playwright's; the caller closes it. */
export function launch(args = [], options = {}) {
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: [...ARGS, ...args], ...options });
}

/** Starts a browser whose profile is kept in a folder, so that a later one has what it left; the caller closes it. */
export function launchProfile(folder, options = {}) {
  return chromium.launchPersistentContext(folder, { executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ARGS, ...options });
}
