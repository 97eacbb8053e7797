import { expect, test, type Page } from '@playwright/test';
import { openStudio } from './support.ts';

test('items are recommended by what their texts mean; once used, the encoder is there with the network off', async ({
  page,
  context,
}) => {
  const studio = await openStudio(page);
  const loaded: string[] = [];
  page.on('response', (response) => {
    if (response.url().includes('/models/')) loaded.push(new URL(response.url()).pathname);
  });
  const first = await trainOnMeanings(page);
  expect(first.status).toBe('completed');
  // The first person had pets. No word is shared by two of the texts.
  expect(first.best).toMatchObject({ title: expect.stringMatching(/^pet/), reason: 'text' });
  expect(first.kept).toBe(3);

  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  await context.setOffline(true);
  await page.reload();
  await page.waitForFunction(() => 'glasshouse' in window);
  expect(await page.evaluate(reopened, first.project)).toBe(first.best?.title);
  expect((await trainOnMeanings(page)).best).toEqual(first.best);
  studio.expectPrivate();
});

/** What the first person is recommended by a model that was trained before. */
async function reopened(project: string) {
  const found = await window.glasshouse.openProject(project);
  const [best] = await found.recommend({ user: 0 }, { count: 1 });
  return best?.title;
}

function trainOnMeanings(page: Page) {
  return page.evaluate(async () => {
    const pets = [
      'A kitten plays with wool',
      'Dogs love chasing sticks',
      'Puppies need daily walks',
      'My cat purrs softly',
      'Feeding hamsters seeds',
      'Grooming your poodle at home',
    ];
    const money = [
      'Stock markets fell sharply',
      'Central bank raises interest rates',
      'Investors buy government bonds',
      'Inflation hurts savers',
      'Quarterly earnings beat forecasts',
      'Currency traders expect deficits',
    ];
    const project = await window.glasshouse.createProject({
      name: 'Shelf',
      task: 'recommendation',
    });
    const events = ['reader,article,day'];
    for (let reader = 0; reader < 12; reader++)
      for (let n = 0; n < 5; n++)
        events.push(
          `r${reader},${reader % 2 ? 'money' : 'pet'}${(reader + n) % 6},2024-01-${10 + n}`,
        );
    await project.importData([new File([events.join('\n')], 'events.csv')]);
    await project.setEvents({ user: 'reader', item: 'article', value: null, time: 'day' });
    const items = [
      'article,name,abstract',
      ...pets.map((text, i) => `pet${i},pet${i},${text}`),
      ...money.map((text, i) => `money${i},money${i},${text}`),
    ];
    await project.importItems([new File([items.join('\n')], 'items.csv')], 'article');
    const run = await project.train({
      learner: 'content-based',
      settings: { text: 'sentence-encoder' },
    });
    const [best] = await project.recommend({ user: 0 }, { count: 1 });
    const kept = await (await caches.open('models')).keys();
    return {
      project: project.id,
      status: run.status,
      best: best && { title: best.title, reason: best.reasons[0]?.kind },
      kept: kept.length,
    };
  });
}
