/** Path of a browser that is there now. */
export function installedBrowser(): string | undefined;
/** Path of a browser, installed if there was none; throws with what was tried. */
export function ensureBrowser(): string;
