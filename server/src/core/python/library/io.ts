// The module `io`: open files, and texts that act as files.
import { buffer, openFile } from '../builtins/open.ts';
import { native, nativeSteps } from '../native.ts';
import { missing, moduleOf } from './module.ts';

export const io = moduleOf('io', machine => [
  { SEEK_SET: 0, SEEK_CUR: 1, SEEK_END: 2, UnsupportedOperation: machine.builtin('OSError') },
  [
    nativeSteps(
      'open',
      "file, mode='r', buffering=-1, encoding=None, errors=None, newline=None, closefd=True, opener=None",
      function* ([file, mode, , encoding, errors, newline], inner) {
        return yield* openFile(file!, mode!, encoding!, errors!, newline!, inner);
      },
    ),
    native('StringIO', "initial_value='', newline='\n'", ([initial], inner) => buffer(false, initial!, inner)),
    native('BytesIO', 'initial_bytes=None', ([initial], inner) => buffer(true, initial!, inner)),
  ],
  missing('io', 'TextIOWrapper', 'BufferedReader', 'FileIO', 'open_code'),
]);
