import puppeteer, { type Browser } from 'puppeteer-core';
import type { Test } from 'tap';

import { findProgram } from './servers.js';

const chromium = process.env['HEADRACE_CHROMIUM'] ?? findProgram('chromium');

/** Why there is no browser here, or undefined. */
export const browserMissing = chromium === undefined ? 'the page needs Chromium (apt: chromium)' : undefined;

/** A Chromium without a window, its profile in the test's folder; closed with the test. */
export async function openBrowser(t: Test): Promise<Browser> {
  const browser = await puppeteer.launch({
    executablePath: chromium ?? '/usr/bin/chromium',
    userDataDir: t.testdir({}),
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
  t.teardown(() => browser.close());
  return browser;
}
