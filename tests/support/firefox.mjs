// Debian's Firefox under puppeteer-core, kept from talking to anything but the test's own server.
import assert from 'node:assert/strict';
import { launch } from 'puppeteer-core';

const BINARY = process.env.FIREFOX ?? '/usr/bin/firefox-esr';
const PATIENCE_MS = 60_000;

const PREFERENCES = {
  // Whatever is not on this machine goes to a port that nothing listens on.
  'network.proxy.type': 1,
  'network.proxy.http': '127.0.0.1',
  'network.proxy.http_port': 9,
  'network.proxy.ssl': '127.0.0.1',
  'network.proxy.ssl_port': 9,
  'app.normandy.enabled': false,
  'app.update.disabledForTesting': true,
  'browser.region.network.url': '',
  'browser.safebrowsing.downloads.enabled': false,
  'browser.safebrowsing.malware.enabled': false,
  'browser.safebrowsing.phishing.enabled': false,
  'browser.search.update': false,
  'browser.startup.page': 0,
  'datareporting.healthreport.uploadEnabled': false,
  'datareporting.policy.dataSubmissionEnabled': false,
  'dom.push.connection.enabled': false,
  'extensions.systemAddon.update.enabled': false,
  'extensions.update.enabled': false,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
  'services.settings.server': 'data:,#nothing/v1',
  'toolkit.telemetry.server': '',
};

/**
 * Starts a browser without a window, in a new profile, or in the one that a folder has from an earlier start, and gives
 * its page. The caller closes the browser.
 */
export async function launchFirefox({ profile, preferences = {} } = {}) {
  const browser = await launch({
    browser: 'firefox',
    executablePath: BINARY,
    headless: true,
    userDataDir: profile,
    extraPrefsFirefox: { ...PREFERENCES, ...preferences },
    args: ['-width', '1280', '-height', '900'],
    defaultViewport: null,
  });
  return newPage(browser);
}

/** Another page: unlike the one that a browser starts with it has the focus, as a reader's has. */
export async function newPage(browser) {
  const page = await browser.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  return page;
}

/** The first element that fits a CSS selector, with this text where one is given, once it is there and to be seen. */
export async function visible(page, selector, text = '') {
  const found = (css, wanted) =>
    [...document.querySelectorAll(css)].find(
      (one) => one.checkVisibility() && (one.textContent.includes(wanted) || one.ariaLabel?.includes(wanted)),
    );
  try {
    return await page.waitForFunction(found, { polling: 100 }, selector, text);
  } catch (cause) {
    throw new Error(`${selector} ${text} is not there`, { cause });
  }
}

/** Clicks what `visible` finds, where nothing may cover it. */
export async function click(page, selector) {
  const element = await visible(page, selector);
  await element.scrollIntoView();
  const { x, y } = await element.clickablePoint();
  const top = await element.evaluate((one, ...at) => {
    const there = document.elementFromPoint(...at);
    return one.contains(there) || there?.outerHTML.slice(0, 100);
  }, x, y);
  assert.equal(top, true, `${selector} is covered`);
  await page.mouse.click(x, y);
}
