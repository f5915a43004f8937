// torch/nn/parallel: on one CPU the module itself.
import * as l10n from '@vscode/l10n';
import type { Steps } from '../../../../python/objects.ts';
import { ModuleInstance } from '../instance.ts';
import { itemsOf, keywordsOf } from '../natives.ts';
import { type LayerClass, need } from './spec.ts';

function wrapper(name: string, file: string, more: string): LayerClass {
  return {
    name,
    file,
    summary: () => l10n.t('Calls its module.'),
    init: `module${more}`,
    hidden: ['module'],
    construct: (self, { module }) => {
      if (module instanceof ModuleInstance) self.register('children', 'module', module);
      else self.set('module', module!);
    },
    input: '*inputs, **kwargs',
    forward: function* (self, [inputs, keywords], nn): Steps {
      return yield* nn.machine.call(need(self, 'module', nn.machine), itemsOf(inputs), keywordsOf(keywords));
    },
  };
}

export const parallels: readonly LayerClass[] = [
  wrapper('DataParallel', 'parallel.data_parallel', ', device_ids=None, output_device=None, dim=0'),
  wrapper(
    'DistributedDataParallel',
    'parallel.distributed',
    ', device_ids=None, output_device=None, dim=0, broadcast_buffers=True, init_sync=True, process_group=None, bucket_cap_mb=None, find_unused_parameters=False, check_reduction=False, gradient_as_bucket_view=False, static_graph=False',
  ),
];
