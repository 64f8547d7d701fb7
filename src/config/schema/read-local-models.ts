import type { LocalModelConfig } from '../../contracts/config.ts';
import { localModelId, type ModelTask } from '../../contracts/model.ts';
import type { ModelIds } from '../model-ids.ts';
import { field, list, record, type Fields, type Reading } from '../record.ts';
import { LOCAL_MODEL_FIELDS, nestDefaults, TASKS, type FlatLocalModel } from './model-fields.ts';

const MOST_MODELS = 10_000;

type ByTask = Readonly<Record<ModelTask, readonly Reading<FlatLocalModel>[]>>;

const checkModels = list('models', record(LOCAL_MODEL_FIELDS), MOST_MODELS);

const TASK_FIELDS = Object.fromEntries(TASKS.map((task) => [task, field(task, checkModels)])) as Fields<ByTask>;

export const checkLocalModels = record(TASK_FIELDS);

/** Configurations of what was read, in the order of the file. */
export function toLocalModels({ value }: Reading<ByTask>, ids: ModelIds): LocalModelConfig[] {
  const tasks = Object.entries(value) as [ModelTask, readonly Reading<FlatLocalModel>[]][];
  return tasks.flatMap(([task, models]) =>
    models.flatMap((model) => {
      const { name } = model.value;
      if (name === undefined) return [];
      ids.claim(localModelId(name, task), model.places.name ?? model.place);
      return [nestDefaults({ ...model.value, name, task, path: model.value.path ?? name })];
    }),
  );
}
