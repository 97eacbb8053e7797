/** Which columns of a table probably say who, what, how much and when: by their names, else by what is in them. */
import type { ColumnType, EventColumns } from '../data/schema.ts';

interface Candidate {
  name: string;
  type: ColumnType;
}

/** RecBole's layouts carry a type after a colon; MovieLens has userId, movieId, rating, timestamp. */
const names = {
  user: /^(user|customer|member|visitor|reader|listener|person|client|account|reviewer|学生|用户|顾客|客户)s?[ _-]?(id|no|name|编号|号)?(:.*)?$/i,
  item: /^(item|movie|film|product|book|song|track|artist|article|isbn|sku|asin|course|game|recipe|business|place|物品|商品|电影|书|课程)s?[ _-]?(id|no|编号|号)?(:.*)?$/i,
  value:
    /^(rating|score|stars?|value|weight|count|plays?|quantity|qty|amount|评分|分数|次数|数量)s?(:.*)?$/i,
  time: /^(time|timestamp|date|datetime|unix[ _]?(review)?[ _]?time|created|ts|event[ _]?time|rated[ _]?at|时间|日期)[a-z_ ]*(:.*)?$/i,
};

const isNumber = ({ type }: Candidate) => type === 'number' || type === 'integer';

/** Null where no two columns look like a user and an item. */
export function suggestEvents(columns: readonly Candidate[]): EventColumns | null {
  const byName = (pattern: RegExp, suits: (column: Candidate) => boolean = () => true) =>
    columns.find((column) => pattern.test(column.name.trim()) && suits(column))?.name ?? null;
  const user = byName(names.user);
  const item = byName(names.item);
  if (user !== null && item !== null && user !== item) {
    const value = byName(names.value, isNumber);
    return { user, item, value, time: byName(names.time, (c) => isNumber(c) || c.type === 'date') };
  }
  return withoutNames(columns);
}

/** MovieLens' u.data, ratings.dat and the like: no header, three or four columns of whole numbers, the third a rating. */
function withoutNames(columns: readonly Candidate[]): EventColumns | null {
  const [user, item, value, time] = columns;
  const areUnnamed = columns.every(({ name }) =>
    /^(feature|column|col|列|_)?[ _]?\d+$/i.test(name.trim()),
  );
  if (!areUnnamed || !user || !item || !value || columns.length > 4) return null;
  if (!columns.every((column) => isNumber(column) || column.type === 'id')) return null;
  return { user: user.name, item: item.name, value: value.name, time: time?.name ?? null };
}

/** The column of a table of items or of people that most probably holds their ids: named so, or the first. */
export function suggestKey(columns: readonly Candidate[], of: 'item' | 'user'): string | null {
  const named = columns.find(({ name }) => names[of].test(name.trim()));
  const id = columns.find(({ name }) => /^id$|[ _]id$|Id$/.test(name.trim()));
  return (named ?? id ?? columns[0])?.name ?? null;
}
