import { tablePipeline } from '../../../training/engine/table-pipeline.ts';

export default tablePipeline('number');
