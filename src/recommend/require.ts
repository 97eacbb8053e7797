/** What settings and data a method can't be fitted with, in words that say which. */
import { StudioError } from '../lib/errors.ts';
import type { Interactions } from './interactions.ts';

/** @throws StudioError `bad-config` for interactions without an event */
export function requireEvents({ indices }: Interactions): void {
  if (indices.length === 0)
    throw new StudioError('bad-config', 'There are no events to learn from');
}

/** @throws StudioError `bad-config` for a setting that isn't a whole number from `least` */
export function requireWhole(name: string, value: number, least: number): void {
  if (!Number.isInteger(value) || value < least)
    throw new StudioError('bad-config', `${name}: ${value} is not a whole number from ${least}`);
}

/** @throws StudioError `bad-config` for a setting that isn't a finite number from `least` */
export function requireFrom(name: string, value: number, least: number): void {
  if (!(Number.isFinite(value) && value >= least))
    throw new StudioError('bad-config', `${name}: ${value} is not a number from ${least}`);
}

/** @throws StudioError `bad-config` for a setting that isn't a finite number above 0 */
export function requirePositive(name: string, value: number): void {
  if (!(Number.isFinite(value) && value > 0))
    throw new StudioError('bad-config', `${name}: ${value} is not above 0`);
}
