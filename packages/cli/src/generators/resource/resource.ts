// Why: `contrail generate resource`: a model that can be read: a controller with index and show, its routes, a test.
import type { Plan } from '../../plan.js'
import { resourceRoutes } from '../controller/controller.js'
import { type ModelChoices, modelData, modelPlan, ownFiles, renderFiles } from '../model/model.js'

const TEMPLATES = new URL('../../../src/generators/resource/templates/', import.meta.url)

/** Decides what a resource consists of, but for its migration. */
export function resourcePlan(choices: ModelChoices): Plan {
  return withController(choices, 'resource', TEMPLATES, ['index', 'show'])
}

/** A model's plan, with a controller that has these actions. */
export function withController(choices: ModelChoices, kind: string, templates: URL, actions: readonly string[]): Plan {
  const data = modelData(choices)
  const model = modelPlan(choices, data)
  const { fields, plural } = data
  const { className, edit } = resourceRoutes(plural, actions)
  const own = ownFiles(
    choices,
    renderFiles(templates, {
      ...data,
      className,
      path: `/${plural}`,
      values: [...new Set(fields.map(({ value }) => value))].sort(),
      required: fields.find(({ isRequired, builder }) => isRequired && builder !== 'jsonb')?.name,
      unique: fields.find(({ isUnique, reference }) => isUnique && reference === undefined)?.name,
      reference: fields.find(({ reference }) => reference !== undefined)?.name,
    }),
  )
  return {
    id: `${kind} ${data.file}`,
    args: choices.fields,
    files: [...model.files, ...own.files],
    left: [...(model.left ?? []), ...(own.left ?? [])],
    edits: [...model.edits, edit],
  }
}
