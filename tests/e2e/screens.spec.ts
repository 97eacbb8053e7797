import AxeBuilder from '@axe-core/playwright';
import { expect, test } from '@playwright/test';
import { openStudio } from './support.ts';

const themes = ['light', 'dark'] as const;
const languages = ['en', 'zh-CN'] as const;

for (const theme of themes)
  for (const language of languages)
    test(`axe finds nothing on any screen (${theme}, ${language})`, async ({ page }) => {
      await page.addInitScript(
        ([t, l]) => {
          localStorage.setItem('glasshouse:theme', t);
          localStorage.setItem('glasshouse:locale', l);
        },
        [theme, language] as const,
      );
      await openStudio(page);
      const ids = await page.evaluate(async () => {
        const empty = await window.glasshouse.createProject({ name: 'Empty' });
        const penguins = await window.glasshouse.createProject({
          name: 'Penguins',
          task: 'tabular-classification',
        });
        await penguins.loadSample('penguins');
        await penguins.train({ learner: 'logistic-regression' });
        const cars = await window.glasshouse.createProject({
          name: 'Cars',
          task: 'tabular-regression',
        });
        await cars.loadSample('cars');
        await cars.train({ learner: 'linear-regression' });
        const films = await window.glasshouse.createProject({
          name: 'Films',
          task: 'recommendation',
        });
        await films.loadSample('movielens');
        await films.train({ learner: 'pure-svd' });
        return [empty.id, penguins.id, cars.id, films.id];
      });
      const stages = ['data', 'train', 'evaluate', 'models'];
      const hashes = [
        '#/',
        '#/privacy',
        '#/notices',
        ...ids.flatMap((id) => stages.map((stage) => `#/p/${id}/${stage}`)),
      ];
      const found: string[] = [];
      for (const hash of hashes) {
        await page.goto(`/${hash}`);
        await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
        await expect(page.locator('[aria-busy="true"]')).toHaveCount(0);
        const { violations } = await new AxeBuilder({ page }).analyze();
        await page.setViewportSize({ width: 390, height: 844 });
        // Charts follow the new width a moment after the page.
        const isNarrow = page.waitForFunction(
          () => document.documentElement.scrollWidth <= 390,
          null,
          {
            timeout: 3000,
          },
        );
        await isNarrow.catch(() => found.push(`${hash} is wider than a phone`));
        await page.setViewportSize({ width: 1440, height: 900 });
        for (const { id, nodes } of violations) found.push(`${hash} ${id}: ${nodes[0]?.html}`);
      }
      expect(found).toEqual([]);
    });
