name = 'W'
print(f'{name!r:>5}|{3.14159:.2f}|{10:05d}|{1000000:,}|{0.5:%}|{"a":^5}|{name}')
print('%s %d %.2f %5s|%-5s|%x' % ('a', 3, 2.5, 'b', 'c', 255), '{} {1} {0}'.format if 0 else '{0} {1} {0}'.format(1, 2))
print('a,b'.split(','), ' x '.strip(), 'abc'.upper(), '-'.join(['a', 'b']), 'abc'.replace('b', 'X'), 'aXb'.lower().startswith('a'))
print('{a}-{b:>3}'.format(a=1, b='z'), 'x'.join(str(i) for i in range(3)), 'abc'.find('c'), 'hello world'.title())
print(repr('it\'s'), repr("a\nb"), str(None), str(True), str([1, 'a', None]), str({'a': (1,)}), str((1,)), str(1.0), str(1e20), str(1e-7))
print(f'{"nested " + f"{1 + 1}"}', f'{{}}', f'{1=}' if False else '')
print('a' 'b', r'\n', 'tab\tx', '\u00e9', b'bytes', 'é'.encode is not None)
w = 8
print(f'{3.14159:{w}.{2}f}|')
class F:
    def __format__(self, s): return 'fmt:' + s
    def __str__(self): return 'str'
    def __repr__(self): return 'repr'
print(f'{F()}', f'{F():abc}', f'{F()!s}', f'{F()!r}', str(F()), repr(F()), [F()], '%s %r' % (F(), F()), '{}'.format(F()))
print('abc' * 2, 'a' < 'b', max('abc'), sorted('hello'), len('abc'), 'l' in 'hello', 'hello'.count('l'), 'abc'.index('b'))
