/** Small choices of the person at this device. Lost in private windows, and then the defaults serve. */
export type Preference = 'theme' | 'locale';

export function readPreference(name: Preference): string | null {
  try {
    return localStorage.getItem(`glasshouse:${name}`);
  } catch {
    return null; // storage is refused: a preference isn't worth an error
  }
}

export function writePreference(name: Preference, value: string): void {
  try {
    localStorage.setItem(`glasshouse:${name}`, value);
  } catch {
    // As above: it holds until the tab is closed.
  }
}
