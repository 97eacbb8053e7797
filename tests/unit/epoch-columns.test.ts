import fc from 'fast-check';
import { expect, test } from 'vitest';
import { columnsOf, epochsOf, isEpochColumns } from '../../src/training/epoch-columns.ts';

const figures = fc.dictionary(
  fc.string().filter((name) => name !== '__proto__'),
  fc.double(),
  {
    maxKeys: 4,
  },
);
const epochs = fc.array(
  fc
    .record({
      epoch: fc.nat(),
      train: figures,
      validation: fc.option(
        figures.filter((some) => Object.keys(some).length > 0),
        { nil: undefined },
      ),
      learningRate: fc.double(),
      seconds: fc.double(),
    })
    .map(({ validation, ...rest }) => ({ ...rest, ...(validation && { validation }) })),
  { maxLength: 30 },
);

test('epochs come back from their columns as they were, whatever figures each of them has', () => {
  fc.assert(
    fc.property(epochs, (given) => {
      const columns = structuredClone(columnsOf(given));
      expect(isEpochColumns(columns)).toBe(true);
      const plain = ({ train, validation, ...rest }: (typeof given)[number]) => ({
        ...rest,
        train: { ...train }, // without the prototypes that the generator gives
        ...(validation && { validation: { ...validation } }),
      });
      expect(epochsOf(columns)).toEqual(given.map(plain));
    }),
  );
});

const columns = () => columnsOf([{ epoch: 1, train: { loss: 1 }, learningRate: 0.1, seconds: 2 }]);
test.each([
  ['no object', 7],
  ['null', null],
  ['a list', []],
  ['a column too short', { ...columns(), seconds: [] }],
  ['text among the numbers', { ...columns(), epoch: ['1'] }],
  ['a gap where there is none', { ...columns(), learningRate: [null] }],
  ['no columns of figures', { ...columns(), train: null }],
  ['figures that are no column', { ...columns(), validation: { loss: 1 } }],
  ['figures of text', { ...columns(), train: { loss: ['x'] } }],
  [
    'a name that is no figure’s',
    { ...columns(), train: JSON.parse('{"__proto__": [1]}') as unknown },
  ],
])('what is no columns is refused: %s', (_, value) => {
  expect(isEpochColumns(value)).toBe(false);
});
