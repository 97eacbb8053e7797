import { existsSync } from 'node:fs';

/** Debian's Chromium where it is installed; otherwise Playwright's own. */
const chromiumPath = ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find(existsSync);

/** Real WebGPU in page and workers, in software; no talk with other hosts. */
const chromiumArgs = [
  '--no-sandbox',
  '--disable-background-networking',
  '--enable-unsafe-webgpu',
  '--use-webgpu-adapter=swiftshader',
];

export const launchOptions = {
  ...(chromiumPath ? { executablePath: chromiumPath } : {}),
  args: chromiumArgs,
};
