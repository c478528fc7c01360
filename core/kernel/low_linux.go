package kernel

import "syscall"

// lowNice is how far a thread stands back: it gets about a tenth of what an ordinary one gets when both want the same processor.
const lowNice = 10

// lowerThread lowers the priority of the current thread alone, as Linux allows. A system that refuses leaves it as it is.
func lowerThread() {
	_ = syscall.Setpriority(syscall.PRIO_PROCESS, syscall.Gettid(), lowNice)
}
