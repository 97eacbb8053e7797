/** Light, dark, or as the system says: kept as `data-theme` on <html>, which tokens.css reads. */
import { readPreference, writePreference } from './preferences.ts';

export const themeChoices = ['system', 'light', 'dark'] as const;
type ThemeChoice = (typeof themeChoices)[number];

class Theme {
  #choice = $state<ThemeChoice>('system');
  #systemIsDark = $state(false);

  get choice() {
    return this.#choice;
  }
  get isDark() {
    return this.#choice === 'dark' || (this.#choice === 'system' && this.#systemIsDark);
  }

  /** Before the first mount, so that nothing flashes. */
  start() {
    const system = matchMedia('(prefers-color-scheme: dark)');
    this.#systemIsDark = system.matches;
    system.addEventListener('change', ({ matches }) => {
      this.#systemIsDark = matches;
      this.#apply();
    });
    const saved = readPreference('theme');
    this.#choice = themeChoices.find((choice) => choice === saved) ?? 'system';
    this.#apply();
  }

  choose(choice: ThemeChoice) {
    this.#choice = choice;
    writePreference('theme', choice);
    this.#apply();
  }

  #apply() {
    document.documentElement.dataset['theme'] = this.isDark ? 'dark' : 'light';
  }
}

export const theme = new Theme();
