"""Every command has its manual page, every option of its help stands in that page, and the program's help fits a screen."""
import os
import re
import shutil
import subprocess
import tempfile
import unittest

from program import TOP, commands, options, run


def pages():
    """{name: rendered text} as the program writes them."""
    texts = {}
    with tempfile.TemporaryDirectory() as folder:
        run('manual', '--prose', str(TOP / 'packaging/man'), '--output', folder)
        for name in os.listdir(folder):
            with open(os.path.join(folder, name), encoding='utf-8') as file:
                texts[name] = file.read()
    return texts


def plain(roff):
    """Without fonts and escapes: enough to find words."""
    return re.sub(r'\\f.|\\&', '', roff).replace('\\-', '-').replace('\\(ti', '~').replace('\\e', '\\')


class Help(unittest.TestCase):
    def test_the_programs_help_fits_a_screen_and_begins_with_what_most_people_want(self):
        lines = run('--help').splitlines()
        self.assertLessEqual(len(lines), 24)
        self.assertLessEqual(max(map(len, lines)), 80)
        wanted = [line for line in lines[2:6] if line.startswith('  stowaway ')]
        self.assertEqual(len(wanted), 3)

    def test_every_help_fits_80_columns_but_for_examples(self):
        for path, text in commands().items():
            for line in re.split('^Examples?:', text, flags=re.M)[0].splitlines():
                self.assertLessEqual(len(line), 80, (path, line))

    def test_every_command_has_words_and_every_option_too(self):
        for path, text in commands().items():
            self.assertTrue(text.splitlines()[0].strip(), path)
            self.assertNotRegex(text, r'(?m)^ +-\S+( [A-Z]+)?$\n(?! {20})', path)

    def test_examples_are_command_lines_of_ours_with_known_options(self):
        known = commands()
        common = options(known[('completion',)]) | {'--kb', '--quiet', '--color', '--jobs', '-q', '-j', '--version'}
        for path, text in known.items():
            for line in re.findall(r'^  (?:.*\| ?|source <\()?stowaway (.*)$', text, re.M):
                words = line.split()
                at = ()
                while len(at) < len(words) and at + (words[len(at)],) in known:
                    at += (words[len(at)],)
                for word in words[len(at):]:
                    if re.match(r'--?[a-z]', word):
                        self.assertIn(word.split('=')[0], options(known[at]) | common, (path, line))


class Pages(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.pages = pages()
        cls.commands = commands()

    def page_of(self, path):
        return self.pages.get('-'.join(('stowaway',) + path[:1]) + '.1')

    def test_pages_and_commands_are_the_same(self):
        wanted = {'-'.join(('stowaway',) + path[:1]) + '.1' for path in self.commands}
        self.assertEqual(set(self.pages), wanted)
        self.assertEqual([], sorted(p.name for p in (TOP / 'packaging/man').glob('*.1')),
                         'pages are generated: put the prose into packaging/man/NAME.man')

    def test_every_option_of_the_help_stands_in_the_page(self):
        for path, text in self.commands.items():
            page = plain(self.page_of(path))
            if len(path) == 2:
                page = re.search(r'^\.SS %s\n(.*?)(?=^\.S[SH] |\Z)' % path[1], page, re.M | re.S).group(1)
            heads = ' '.join(re.findall(r'^\.TP\n(.*)$', page, re.M)) + ' '
            for option in options(text) - ({'-h', '--help'} if path else set()):
                self.assertRegex(heads, r'(?<![a-z-])%s(?![a-z-])' % re.escape(option), path)

    def test_every_option_of_the_page_is_one_of_the_help(self):
        known = {'--help', '--quiet', '--jobs'}
        for path, text in self.commands.items():
            known |= options(text)
        for name, page in self.pages.items():
            for option in re.findall(r'(?<![a-z-])--[a-z][a-z-]*', re.sub(r'\.EX\n.*?\.EE\n', '', plain(page), flags=re.S)):
                self.assertIn(option, known, name)

    def test_pages_have_their_sections_in_order(self):
        order = ['NAME', 'SYNOPSIS', 'DESCRIPTION', 'OPTIONS', 'EXIT STATUS', 'EXAMPLES', 'SEE ALSO']
        for name, page in self.pages.items():
            titles = re.findall(r'^\.SH (.*)$', page, re.M)
            self.assertEqual([t for t in titles if t in order], [t for t in order if t in titles], name)
            self.assertTrue({'NAME', 'SYNOPSIS', 'DESCRIPTION', 'OPTIONS', 'SEE ALSO'} <= set(titles), name)

    @unittest.skipUnless(shutil.which('man'), 'man-db is not installed')
    def test_pages_can_be_set_without_a_warning(self):
        for name, page in self.pages.items():
            done = subprocess.run(['man', '--warnings', '-E', 'UTF-8', '-l', '-'], input=page, text=True, capture_output=True,
                                  env={**os.environ, 'MANWIDTH': '80', 'MANPAGER': 'cat', 'LC_ALL': 'C.UTF-8', 'MANROFFSEQ': ''})
            self.assertEqual((done.returncode, done.stderr), (0, ''), name)


if __name__ == '__main__':
    unittest.main()
