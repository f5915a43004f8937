// The modules of the standard library that are known without their sources.
import type { NativeModules } from '../machine.ts';
import { abc, collectionsAbc, numbers } from './abc.ts';
import { argparse } from './argparse.ts';
import { collections } from './collections.ts';
import { contextlib } from './contextlib.ts';
import { copy } from './copy.ts';
import { dataclasses } from './dataclasses.ts';
import { enums } from './enum.ts';
import { functools } from './functools.ts';
import { fnmatch, glob } from './globbing.ts';
import { hashlib } from './hashlib.ts';
import { inspect } from './inspect.ts';
import { io } from './io.ts';
import { itertools } from './itertools.ts';
import { json } from './json.ts';
import { math } from './math.ts';
import { type Module, unknownModule } from './module.ts';
import { numpy, numpyModules } from './numpy/index.ts';
import { operator } from './operator.ts';
import { os, osPath } from './os.ts';
import { pathlib } from './pathlib.ts';
import { atexit, gc, logging, threading, traceback, unittest, warnings, weakref } from './quiet.ts';
import { datetime, random, secrets, time, uuid } from './random.ts';
import { re } from './regex.ts';
import {
  ast,
  distutilsVersion,
  fractions,
  future,
  importlib,
  importlibMetadata,
  importlibUtil,
  outside,
  packaging,
  packagingVersion,
  pkgResources,
  string,
  textwrap,
} from './strings.ts';
import { platform, sys } from './sys.ts';
import { types, typing, typingExtensions } from './typing.ts';
import { yaml } from './yaml.ts';

const known: Readonly<Record<string, Module>> = {
  __future__: future,
  abc,
  argparse,
  ast,
  atexit,
  collections,
  'collections.abc': collectionsAbc,
  contextlib,
  copy,
  dataclasses,
  datetime,
  'distutils.version': distutilsVersion,
  enum: enums,
  fnmatch,
  fractions,
  functools,
  gc,
  glob,
  hashlib,
  importlib,
  'importlib.metadata': importlibMetadata,
  'importlib.util': importlibUtil,
  inspect,
  io,
  itertools,
  json,
  logging,
  math,
  numbers,
  numpy,
  ...numpyModules,
  operator,
  os,
  'os.path': osPath,
  packaging,
  'packaging.version': packagingVersion,
  pathlib,
  pkg_resources: pkgResources,
  platform,
  posixpath: osPath,
  random,
  re,
  secrets,
  string,
  sys,
  textwrap,
  threading,
  time,
  traceback,
  types,
  typing: typing(collections),
  typing_extensions: typingExtensions(collections),
  unittest,
  uuid,
  warnings,
  weakref,
  yaml,
};

/** Modules that there are, and of which nothing is computed. */
const unknown = [
  'array',
  'asyncio',
  'base64',
  'binascii',
  'bisect',
  'builtins',
  'bz2',
  'calendar',
  'cmath',
  'codecs',
  'concurrent',
  'concurrent.futures',
  'configparser',
  'csv',
  'ctypes',
  'ctypes.util',
  'decimal',
  'difflib',
  'dis',
  'distutils',
  'distutils.util',
  'email',
  'errno',
  'faulthandler',
  'fcntl',
  'ftplib',
  'getpass',
  'gzip',
  'heapq',
  'hmac',
  'html',
  'http',
  'http.client',
  'http.server',
  'importlib.abc',
  'importlib.machinery',
  'importlib.resources',
  'keyword',
  'linecache',
  'locale',
  'logging.config',
  'logging.handlers',
  'lzma',
  'marshal',
  'mimetypes',
  'mmap',
  'multiprocessing',
  'multiprocessing.pool',
  'multiprocessing.shared_memory',
  'optparse',
  'pdb',
  'pickle',
  'pkgutil',
  'pprint',
  'profile',
  'cProfile',
  'pstats',
  'queue',
  'resource',
  'runpy',
  'sched',
  'select',
  'selectors',
  'shelve',
  'shlex',
  'shutil',
  'signal',
  'site',
  'socket',
  'socketserver',
  'sqlite3',
  'ssl',
  'stat',
  'statistics',
  'struct',
  'subprocess',
  'symtable',
  'sysconfig',
  'tarfile',
  'tempfile',
  'timeit',
  'token',
  'tokenize',
  'tracemalloc',
  'tty',
  'unicodedata',
  'unittest.mock',
  'urllib',
  'urllib.error',
  'urllib.parse',
  'urllib.request',
  'webbrowser',
  'xml',
  'xml.etree',
  'xml.etree.ElementTree',
  'zipfile',
  'zipimport',
  'zlib',
];
/** Of these, those whose results come from outside of the program. */
const beyond = new Set(['multiprocessing', 'pickle', 'shutil', 'socket', 'subprocess', 'tempfile', 'urllib.request']);

export const libraryModules: NativeModules = new Map<string, Module>([
  ...unknown.map(name => [name, unknownModule(name, beyond.has(name) ? outside : undefined)] as const),
  ...Object.entries(known),
]);
