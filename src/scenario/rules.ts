/**
 * The names in brackets at the end of a message, with what each one means.
 *
 * They are stable: a script may look for them. The generated reference lists them.
 */
export const SCENARIO_RULES = {
  "not-utf8": "The file is not UTF-8 text.",
  "byte-order-mark": "The file begins with a byte-order mark.",
  "control-character": "The file holds a control character other than tab and line ends.",
  "file-too-large": "The file is larger than a scenario may be.",
  "empty-file": "The file holds no values.",
  "yaml-syntax": "The file is not one YAML 1.2 document.",
  "yaml-version": "The file asks for another version of YAML.",
  "yaml-tag": "A YAML tag is used; scenarios hold plain values only.",
  "yaml-alias": "An alias names nothing, contains itself, or unfolds to too much.",
  "yaml-key": "The name of a field is not plain text.",
  "too-deep": "Lists and maps are nested too deeply.",
  "duplicate-key": "A field is given twice in one map.",
  "unknown-field": "A field does not exist in the format.",
  "missing-field": "A required field is not there.",
  "wrong-type": "A value has the wrong type.",
  "out-of-range": "A number, text or list is smaller or larger than allowed.",
  "bad-text": "A text breaks the rules for it.",
  "bad-quantity": "A quantity cannot be read: its number, or its unit.",
  "missing-unit": "A quantity has no unit.",
  "unknown-name": "A value is not one of the allowed names.",
  "unknown-level": "A level is not one of the cluster's topology.",
  "unknown-gpu": "A GPU model is neither in the catalogue nor declared.",
  "ambiguous-gpu": "A GPU name fits several models that differ.",
  "unknown-sku": "A machine is not in the catalogue.",
  "unknown-model":
    "A model of a service is not in the catalogue, or nobody published how it is built.",
  "does-not-fit": "A model fits on no machine of the cluster.",
  "no-machine": "The cluster has no machine that a service may use.",
  "bad-traffic": "Requests of a service are impossible.",
  "image-pulled-twice": "A new node and a replica on it both pull an image.",
  "missing-figure": "The catalogue has no figure for this, and the scenario gives none.",
  "duplicate-name": "Two things of one kind have the same name.",
  "no-mig": "A GPU that cannot be divided into MIG instances is to be.",
  "unknown-mig-profile": "A GPU has no MIG profile of this name.",
  "impossible-mig-layout": "MIG instances cannot stand side by side on one GPU.",
  "conflicting-fields": "Two fields exclude each other.",
  "incomplete-fields": "A field needs another one beside it.",
  "too-many-nodes": "The cluster has more nodes than can be simulated.",
  "no-nodes": "The cluster has no nodes.",
  "bad-quotas": "Quotas contradict each other, or name GPU models that are not there.",
  "unknown-job": "A job waits for one that is not there.",
  "goal-unit": "The target of a goal does not fit the unit of its metric.",
  "extends-cycle": "Files extend each other in a circle.",
  "extends-depth": "The chain of files that extend each other is too long.",
  "unreadable-file": "A file that the scenario names cannot be read.",
  "path-outside": "A path leads out of the folders a scenario may read from.",
  "bad-path": "A path of a file is not written in the way scenarios need.",
  "bad-set": "The path or value of an overlay cannot be used.",
  "nothing-random": "Replications are asked for and nothing in the scenario is random.",
  "power-not-counted": "Nothing is known of the power of a node besides its GPUs (a warning).",
  "no-gpus": "Jobs ask for GPUs and the cluster has none (a warning).",
  "hosting-label":
    "Hosting is written as a label beside another and changes no figure (a warning).",
  "gpu-name-shadowed": "A declared GPU model takes the place of one in the catalogue (a warning).",
} as const;

/** Name of a rule. */
export type ScenarioRule = keyof typeof SCENARIO_RULES;
