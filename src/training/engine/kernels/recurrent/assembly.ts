/** Recurrent layers over whole sequences. AssemblyScript. */
export { gru, gruGradient } from './gru.assembly';
export { lstm, lstmGradient } from './lstm.assembly';
export { recurrentScratch } from './sequence.assembly';
