//go:build !noraw

package raw

import (
	"context"
	"fmt"
	"os"
	"testing"
	"time"
)

// testRole makes the test's own executable play another process: see TestMain.
const testRole = "BLINDSPOT_RAW_TEST_ROLE"

func TestMain(m *testing.M) {
	role := os.Getenv(testRole)
	if role != "careless" {
		WorkerMain()
	}
	switch role {
	case "":
		code := m.Run()
		CloseIdle()
		os.Exit(code)
	case "careless": // a program that has forgotten WorkerMain
		_, err := Inspect(context.Background(), os.Getenv("BLINDSPOT_RAW_TEST_FILE"))
		fmt.Println(err)
	case "parent": // a program that will be killed while it develops
		_, _, err := Develop(context.Background(), os.Getenv("BLINDSPOT_RAW_TEST_FILE"), Full)
		fmt.Println(err)
	case "greedy": // takes more memory than it may
		limitMemory(64 << 20)
		block := make([]byte, 2<<30)
		for i := 0; i < len(block); i += 4096 {
			block[i] = 1
		}
		fmt.Println("took it all", time.Now(), block[len(block)-1])
	}
}
