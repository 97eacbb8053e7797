/** Recurrent layers over whole sequences. AssemblyScript. */
export { gru, gruGradient, gruGradientSteps, gruSteps } from './gru.assembly';
export { lstm, lstmGradient, lstmGradientSteps, lstmSteps } from './lstm.assembly';
export { recurrentScratch } from './sequence.assembly';
