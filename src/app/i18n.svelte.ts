/** The language in use: its messages as `t`, its numbers and dates as `format`. Both are reactive. */
import { createFormat, type Format } from '../lib/format.ts';
import en, { type Messages } from './messages/en/index.ts';
import { readPreference, writePreference } from './preferences.ts';

export const locales = ['en', 'zh-CN'] as const;
export type Locale = (typeof locales)[number];

const catalogues: Record<Locale, () => Promise<Messages>> = {
  en: () => Promise.resolve(en),
  'zh-CN': async () => (await import('./messages/zh/index.ts')).default,
};

class I18n {
  #locale = $state<Locale>('en');
  #messages = $state.raw<Messages>(en);
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

  async choose(locale: Locale): Promise<void> {
    await this.#load(locale);
    writePreference('locale', locale);
  }

  async #load(locale: Locale) {
    this.#messages = await catalogues[locale]();
    this.#locale = locale;
    document.documentElement.lang = locale;
  }
}

export const i18n = new I18n();

/** `t.home.title`: reads the current catalogue, so that markup which uses it follows the language. */
export const t: Messages = forwarding(en, () => i18n.messages);

/** `format.percent(0.97)` in the current language. */
export const format: Format = forwarding(createFormat('en'), () => i18n.format);

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

function forwarding<T extends object>(shape: T, current: () => T): T {
  const getters: PropertyDescriptorMap = {};
  for (const key of Object.keys(shape))
    getters[key] = { enumerable: true, get: () => current()[key as keyof T] };
  return Object.defineProperties({}, getters) as T; // has a getter for each key of T
}
