/** The backend that the page's address asks for, as in `?backend=cpu#/`: for comparisons, and for odd devices. */
import { StudioError } from '../lib/errors.ts';
import { backends, type Backend } from '../training/run.ts';

/** @throws StudioError `bad-config` for a name that is none */
export function backendOverride(search = location.search): Backend | null {
  const asked = new URLSearchParams(search).get('backend');
  if (asked === null || asked === 'auto') return null;
  const backend = backends.find((name) => name === asked);
  if (backend) return backend;
  throw new StudioError(
    'bad-config',
    `The address asks for the backend "${asked}"; there are ${backends.join(', ')} and auto`,
  );
}
