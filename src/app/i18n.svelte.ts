/** The language in use: its messages as `t`, its numbers and dates as `format`. Both are reactive. */
import { createFormat, type Format } from '../lib/format.ts';
import en, { type FirstMessages, type Messages } from './messages/en/index.ts';
import type { ScreenMessages } from './messages/en/screens.ts';
import { readPreference, writePreference } from './preferences.ts';

export const locales = ['en', 'zh-CN'] as const;
export type Locale = (typeof locales)[number];

interface Catalogue {
  /** What the first page says. */
  first: () => Promise<FirstMessages>;
  /** What other screens say; loaded with the first of them. */
  screens: () => Promise<ScreenMessages>;
}

const catalogues: Record<Locale, Catalogue> = {
  en: {
    first: () => Promise.resolve(en),
    screens: async () => (await import('./messages/en/screens.ts')).default,
  },
  'zh-CN': {
    first: async () => (await import('./messages/zh/index.ts')).default,
    screens: async () => (await import('./messages/zh/screens.ts')).default,
  },
};

const screenKeys = [
  'board',
  'data',
  'evaluate',
  'glossary',
  'models',
  'notices',
  'preview',
  'privacy',
  'recommend',
  'runs',
  'settings',
  'train',
] as const satisfies readonly (keyof ScreenMessages)[];

class I18n {
  #locale = $state<Locale>('en');
  // Whole once a screen has asked for it; nothing before that reads more than the first page's.
  #messages = $state.raw<Messages>(en as Messages);
  #isWhole = false;
  #loading: Promise<void> = Promise.resolve();
  readonly #format = $derived(createFormat(this.#locale));

  get locale() {
    return this.#locale;
  }
  get messages() {
    return this.#messages;
  }
  get format() {
    return this.#format;
  }

  /** Before the first mount: the saved language, else the browser's. */
  start(): Promise<void> {
    return this.#load(preferredLocale(readPreference('locale'), navigator.languages));
  }

  /** Loads what screens beyond the first page say; they are shown after that. */
  async loadScreens(): Promise<void> {
    if (this.#isWhole) return this.#loading;
    this.#isWhole = true;
    try {
      await this.#load(this.#locale);
    } catch (error) {
      this.#isWhole = false;
      throw error;
    }
  }

  async choose(locale: Locale): Promise<void> {
    await this.#load(locale);
    writePreference('locale', locale);
  }

  /** One after the other, so that what was asked for last is what is shown. */
  #load(locale: Locale): Promise<void> {
    const loading = this.#loading.then(
      () => this.#show(locale),
      () => this.#show(locale),
    );
    this.#loading = loading;
    return loading;
  }

  async #show(locale: Locale) {
    const { first, screens } = catalogues[locale];
    const [ofFirst, ofScreens] = await Promise.all([first(), this.#isWhole ? screens() : {}]);
    this.#messages = { ...ofFirst, ...ofScreens } as Messages; // whole, or the first page's alone
    this.#locale = locale;
    document.documentElement.lang = locale;
  }
}

export const i18n = new I18n();

/** `t.home.title`: reads the current catalogue, so that markup which uses it follows the language. */
export const t: Messages = forwarding([...Object.keys(en), ...screenKeys], () => i18n.messages);

/** `format.percent(0.97)` in the current language. */
export const format: Format = forwarding(Object.keys(createFormat('en')), () => i18n.format);

/** What an id is called; the id itself where the catalogue has no word for it. */
export function named(names: Readonly<Record<string, string>>, id: string): string {
  return names[id] ?? id;
}

function preferredLocale(saved: string | null, languages: readonly string[]): Locale {
  const wanted = saved ? [saved, ...languages] : languages;
  for (const language of wanted) {
    if (language.startsWith('zh')) return 'zh-CN';
    if (language.startsWith('en')) return 'en';
  }
  return 'en';
}

function forwarding<T extends object>(keys: readonly string[], current: () => T): T {
  const getters: PropertyDescriptorMap = {};
  for (const key of keys) getters[key] = { enumerable: true, get: () => current()[key as keyof T] };
  return Object.defineProperties({}, getters) as T; // has a getter for each key of T
}
