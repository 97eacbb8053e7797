import type { Locale } from './i18n.svelte.ts';

/** Each language by its own name: whoever looks for theirs can read it. */
export const localeNames: Record<Locale, string> = { en: 'English', 'zh-CN': '简体中文' };
