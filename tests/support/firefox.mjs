// Debian's Firefox under geckodriver, kept from talking to anything but the test's own server.
import { Builder, error } from 'selenium-webdriver';
import firefox from 'selenium-webdriver/firefox.js';

const BINARY = process.env.FIREFOX ?? '/usr/bin/firefox-esr';
const GECKODRIVER = process.env.GECKODRIVER ?? 'geckodriver';
const PATIENCE_MS = 30_000;

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
 * Starts a browser without a window, in a new profile, or in the one that a folder has from an earlier start. The
 * caller quits it.
 */
export async function launchFirefox({ profile, preferences = {} } = {}) {
  const options = new firefox.Options().setBinary(BINARY).addArguments('-headless', '-width', '1280', '-height', '900');
  if (profile) options.addArguments('-profile', profile);
  for (const [name, value] of Object.entries({ ...PREFERENCES, ...preferences })) options.setPreference(name, value);
  const driver = await new Builder()
    .forBrowser('firefox')
    .setFirefoxOptions(options)
    // Named, so that no other program looks for one to download.
    .setFirefoxService(new firefox.ServiceBuilder(GECKODRIVER))
    .build();
  await driver.manage().setTimeouts({ script: PATIENCE_MS, pageLoad: PATIENCE_MS, implicit: 0 });
  return driver;
}

/** The first element that fits a CSS selector, with this text where one is given, once it is there and to be seen. */
export async function visible(driver, selector, text = '') {
  const found = () =>
    driver
      .executeScript(
        (css, wanted) =>
          [...document.querySelectorAll(css)].find(
            (one) => one.checkVisibility() && (one.textContent.includes(wanted) || one.ariaLabel?.includes(wanted)),
          ) ?? null,
        selector,
        text,
      )
      .catch((failure) => {
        // Drawn anew between being found and being named to the test: it is there with the next look.
        if (failure instanceof error.StaleElementReferenceError) return null;
        throw failure;
      });
  return driver.wait(found, PATIENCE_MS, `${selector} ${text} is not there`);
}
