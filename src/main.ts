import { mount } from 'svelte';
import './ui/tokens.css';
import './ui/base.css';
import './ui/controls.css';
import App from './app/App.svelte';
import { device } from './app/device.svelte.ts';
import { offline } from './app/offline.svelte.ts';
import { i18n, named, t } from './app/i18n.svelte.ts';
import { router } from './app/router.svelte.ts';
import { theme } from './app/theme.svelte.ts';
import { createConsoleApi, type GlasshouseApi } from './app/console.ts';
import { Workspace } from './state/workspace.svelte.ts';

theme.start();
router.start();
device.start();
await i18n.start();

const workspace = new Workspace();
void workspace.open();
window.glasshouse = createConsoleApi(workspace, (taskId) => named(t.domain.tasks, taskId));
void offline.start();

const target = document.getElementById('app');
if (!target) throw new Error('index.html has no #app');
mount(App, { target, props: { workspace } });

declare global {
  interface Window {
    /** What the interface does, a script can do. */
    glasshouse: GlasshouseApi;
  }
}
