package port

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// DefinitionsPath is where definitions.py stands in a checkout of WebAssembly/component-model.
const DefinitionsPath = "design/mvp/canonical-abi/definitions.py"

// ReadCheckout scans the definitions.py of a checkout: path is its root, the directory of definitions.py, or the file.
func ReadCheckout(path string) (*Upstream, error) {
	file, err := definitionsIn(path)
	if err != nil {
		return nil, err
	}
	src, err := ReadFile(file)
	if err != nil {
		return nil, err
	}
	u, err := ScanPython(src)
	if err != nil {
		return nil, fmt.Errorf("%s is no definitions.py: %w", file, err)
	}
	return u, nil
}

// ReadFile reads a file, but no device, which may have no end.
func ReadFile(name string) ([]byte, error) {
	if info, err := os.Stat(name); err == nil && !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is no file", name)
	}
	return os.ReadFile(name)
}

func definitionsIn(path string) (string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", fmt.Errorf("%s is no checkout of WebAssembly/component-model: it does not exist", path)
	}
	if !info.IsDir() {
		return path, nil
	}
	root := filepath.Join(path, filepath.FromSlash(DefinitionsPath))
	for _, file := range []string{root, filepath.Join(path, "definitions.py")} {
		if info, err := os.Stat(file); err == nil && !info.IsDir() {
			return file, nil
		}
	}
	return "", fmt.Errorf("%s is no checkout of WebAssembly/component-model: there is no %s", path, root)
}

// CheckoutCommit asks git which commit the definitions.py of a checkout is from. There is none for an exported file, even inside of
// another repository, nor for a file that was changed.
func CheckoutCommit(path string) (string, error) {
	file, err := definitionsIn(path)
	if err != nil {
		return "", err
	}
	src, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	committed, err := git(file, "show", "HEAD:./"+filepath.Base(file))
	if err != nil || committed != string(src) {
		return "", fmt.Errorf("git knows no commit with this %s", file)
	}
	commit, err := git(file, "rev-parse", "HEAD")
	return strings.TrimSpace(commit), err
}

// git runs git in the directory of a file.
func git(file string, args ...string) (string, error) {
	out, err := exec.Command("git", append([]string{"-C", filepath.Dir(file)}, args...)...).Output()
	return string(out), err
}
