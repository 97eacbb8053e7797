/** Names that people can remember and say: "brisk-otter". */
const adjectives =
  'amber agile brave bright brisk calm clever cosy crisp daring eager early fair fleet fresh gentle glad golden happy hardy honest jolly keen kind lively loyal lucid lucky mellow merry mild neat nimble noble patient plain polite proud quick quiet rapid ready rustic silver sincere sleek smart smooth snug solid spry steady stout sunny swift tidy tranquil upbeat vivid warm wise witty young zesty'.split(
    ' ',
  );
const animals =
  'badger beaver bison bobcat cricket crane dolphin eagle egret falcon ferret finch fox gecko gibbon hare hawk heron ibex ibis jackal jaguar kestrel kiwi koala lark lemur linnet lynx magpie marmot marten mole moose newt ocelot orca osprey otter owl panda pelican penguin plover puffin quail rabbit raven robin salmon seal shrew skylark sparrow squid stoat stork swallow swan tapir tern toad trout turtle vole walrus weasel wombat wren yak zebra'.split(
    ' ',
  );

/** The same id gives the same name, unless it is taken. */
export function runName(id: string, taken: readonly string[]): string {
  let hash = 2166136261;
  for (const letter of id) hash = Math.imul(hash ^ letter.charCodeAt(0), 16777619) >>> 0;
  const combinations = adjectives.length * animals.length;
  for (let i = 0; i < combinations; i++) {
    const at = (hash + i * 7919) % combinations;
    const name = `${adjectives[at % adjectives.length]}-${animals[Math.floor(at / adjectives.length)]}`;
    if (!taken.includes(name)) return name;
  }
  return `run-${taken.length + 1}`;
}
