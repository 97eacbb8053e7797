import { mount } from 'svelte';
import './ui/tokens.css';
import './ui/base.css';
import './ui/controls.css';
import App from './app/App.svelte';
import { device } from './app/device.svelte.ts';
import { i18n } from './app/i18n.svelte.ts';
import { router } from './app/router.svelte.ts';
import { theme } from './app/theme.svelte.ts';
import { Workspace } from './state/workspace.svelte.ts';

theme.start();
router.start();
device.start();
await i18n.start();

const workspace = new Workspace();
void workspace.open();

const target = document.getElementById('app');
if (!target) throw new Error('index.html has no #app');
mount(App, { target, props: { workspace } });
