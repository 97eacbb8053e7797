/** A further worker of a run on several cores: started by the training worker. */
import { serveShard } from '../src/training/engine/parallel/shard.ts';

serveShard(self);
